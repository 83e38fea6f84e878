"""Results written for other programs: workbook, CSV, pictures, recipe."""
