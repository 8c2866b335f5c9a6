#include "proto/frame.hpp"
