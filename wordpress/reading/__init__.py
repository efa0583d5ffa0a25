"""Files of other systems as streams of records. Plain Python: nothing in here knows Django."""
