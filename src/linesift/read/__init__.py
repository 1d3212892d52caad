"""Files in: plain text now; what a page or a labelled page looks like on disk is known only here."""
