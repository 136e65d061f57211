"""The pharmacogenomic report, laid out as a page for people or as JSON for machines."""
