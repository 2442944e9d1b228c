"""Case by case: shipments and the parties to them, each held against dated rules and lists."""
