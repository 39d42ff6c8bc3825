#include "dialects/bd/Bd.h"
