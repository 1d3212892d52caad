"""Give the reasons of a label, in numbers and words."""
