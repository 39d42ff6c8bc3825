bdc_mlir_library(bdc_passes_front
  units/FoldUnits.cpp
  differentiate/differentiate.cpp
  differentiate/rules.cpp
  integrate/Integrate.cpp
  integrate/exponential_euler.cpp
  integrate/runge_kutta.cpp
  integrate/stages.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)
