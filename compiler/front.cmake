bdc_mlir_library(bdc_passes_front
  front_pipeline.cpp
  units/FoldUnits.cpp
  differentiate/differentiate.cpp
  differentiate/rules.cpp
  flatten/Flatten.cpp
  flatten/bounds.cpp
  flatten/conditions.cpp
  flatten/continuous.cpp
  flatten/couplings.cpp
  flatten/delays.cpp
  flatten/emitter.cpp
  flatten/events.cpp
  flatten/flattener.cpp
  flatten/inputs.cpp
  flatten/loop_builder.cpp
  flatten/merge.cpp
  flatten/populations.cpp
  flatten/projections.cpp
  flatten/records.cpp
  flatten/scalars.cpp
  integrate/Integrate.cpp
  integrate/exponential_euler.cpp
  integrate/noise.cpp
  integrate/runge_kutta.cpp
  integrate/stages.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)
