"""What is agreed with teams, and what their months are made of, as they are kept."""
