"""What may be relied on when inputs are hostile, processes die and disks are full."""
