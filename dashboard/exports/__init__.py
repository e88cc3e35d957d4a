"""CSV and XLSX files of tables, their metadata and the audited download."""
