"""Both clients, their resources and actions."""
