"""Files of MATLAB, of version 7.3 and before."""
