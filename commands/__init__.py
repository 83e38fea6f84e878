"""The commands of the front door for machines, one file each: ``add`` declares it, and what it does stands below."""
