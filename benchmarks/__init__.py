"""What was promised about speed, measured: `make bench`. A timing never fails anything here."""
