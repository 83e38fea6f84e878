"""What customers will do, each prediction beside the simplest rule and tested on a past that it has not seen."""
