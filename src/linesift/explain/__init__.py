"""Reasons of a label, in numbers and words."""
