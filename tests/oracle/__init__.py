"""Independent calculation of every metric from the records of a Harvest account."""
