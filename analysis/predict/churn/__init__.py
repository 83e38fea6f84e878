"""Who is leaving: the definition, two past windows, a model beside the plain rule, reasons and money."""
