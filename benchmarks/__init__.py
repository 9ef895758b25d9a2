"""What handpose is measured by: one script a question, see README.md."""
