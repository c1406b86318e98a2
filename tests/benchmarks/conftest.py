"""What pytest leaves alone here: the peers import what only their own environments have."""

collect_ignore_glob = ["peers/*"]
