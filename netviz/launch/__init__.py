"""Sets netviz up, starts it, watches over it and cleans up.

Standard library only, for it runs before anything is installed; and the only place outside tests that starts processes.
"""
