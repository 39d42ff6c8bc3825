bdc_mlir_library(bdc_passes_front
  units/FoldUnits.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)
