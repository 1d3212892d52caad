"""Small programs that write tables, the picture and the shown outputs of the documents."""
