"""What is kept of a person, whoever they are: finding it in every room, taking it out, erasing it.

A room names its part in PERSONAL_DATA; the frame only collects.
"""
