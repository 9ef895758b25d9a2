"""What makes the things that ship, and checks them."""
