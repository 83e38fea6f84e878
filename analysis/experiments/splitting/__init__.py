"""Who gets what, repeatable and stratified."""
