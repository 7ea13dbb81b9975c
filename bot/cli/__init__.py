"""The command line. `main` names the commands; each module holds one and is imported only when it is run."""
