"""What is taken along of an experiment: tables, page, workbook, lists of its groups."""
