# From the integrated step form to machine code.
bdc_mlir_library(bdc_passes_back
  derive/Derive.cpp
  schedule/Schedule.cpp
  allocate/Allocate.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)
