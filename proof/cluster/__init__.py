"""Several machines on one: network namespaces in which the files of `deploy/cluster` run, and what is broken in them."""
