"""Numbers of documents: in order, without gaps."""
