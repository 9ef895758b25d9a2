"""What hands, motions and other points are held in: parallel arrays, checked once, then frozen."""
