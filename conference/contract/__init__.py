"""What the parts of Pavilion say to each other: plain values, below all of them."""
