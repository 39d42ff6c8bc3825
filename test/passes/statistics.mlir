// What passes count, as bdc-opt prints it.
// RUN: bdc-opt --statistics --step-integrate --step-derive --step-schedule --step-allocate %S/../programs/hopf_pair.mlir -o /dev/null 2>&1 | FileCheck %s
// CHECK-DAG: 1  step-integrate: equations-expanded - Systems of equations expanded
// CHECK-DAG: 2  step-integrate: states-integrated - States that they advance
// CHECK-DAG: {{[1-9][0-9]*}}  step-derive: hoisted - Expressions that became scalars
// CHECK-DAG: {{[1-9][0-9]*}}  step-schedule: phases - Phases made
// CHECK-DAG: {{[1-9][0-9]*}}  step-allocate: in-place - Results that overwrite the value before them
