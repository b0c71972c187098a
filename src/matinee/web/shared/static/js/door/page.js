// The page of whoever stands at a door.
