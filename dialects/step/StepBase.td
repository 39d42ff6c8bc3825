//===- StepBase.td - dialect and types ----------------------------------------===//
#ifndef BDC_STEP_BASE
#define BDC_STEP_BASE

include "bd/BdBase.td"

def Step_Dialect : Dialect {
  let name = "step";
  let cppNamespace = "::bdc::step";
  let summary = "What one step of the whole simulation does";
  let description = [{
    A `step.program` declares run-time scalars, index spaces, arrays over them, graphs between them and queues of events, and holds one
    `step.loop` whose body is one step, with value semantics until `step-allocate`. Regions use the scalar operations of `bd`.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::bdc::bd::BdDialect", "::mlir::arith::ArithDialect"];
}

class Step_Type<string name, string mn, list<Trait> traits = []> : TypeDef<Step_Dialect, name, traits> {
  let mnemonic = mn;
}

def Step_Array : Step_Type<"Array", "array"> {
  let summary = "One value per element of a space";
  let description = "`!step.array<!bd.q<\"mV\">, @E>`; elements are quantities, i1 (stored as bytes) or i32.";
  let parameters = (ins "::mlir::Type":$element, "::mlir::FlatSymbolRefAttr":$space);
  let assemblyFormat = "`<` $element `,` $space `>`";
}

def Step_Wait : AttrDef<Step_Dialect, "Wait"> {
  let mnemonic = "wait";
  let summary = "What other threads must have done";
  let description = [{
    `#step.wait<4 ago 1>`: phase 4 of the loop (counted from 0), one step ago; `#step.wait<4 ago 1 + @d>`: one step and the whole number of steps
    that the scalar `d` says.
  }];
  let parameters = (ins "unsigned":$phase, "unsigned":$steps, OptionalParameter<"::mlir::FlatSymbolRefAttr">:$delay);
  let assemblyFormat = "`<` $phase `ago` $steps (`+` $delay^)? `>`";
}

class Step_Op<string mn, list<Trait> traits = []> : Op<Step_Dialect, mn, traits>;

#endif
