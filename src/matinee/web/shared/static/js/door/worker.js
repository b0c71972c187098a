// Lets the page of the door open without a network.
