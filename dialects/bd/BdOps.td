//===- BdOps.td - the bd dialect ---------------------------------------------===//
include "bd/BdScalarOps.td"
include "bd/BdModelOps.td"
include "bd/BdNetworkOps.td"
include "bd/BdObjectiveOps.td"
