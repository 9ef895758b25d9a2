"""Motions of a hand, told apart."""
