"""Sets netviz up, starts it, watches over it and cleans up; standard library only, for it runs before anything is installed."""
