//===- BdScalarOps.td - scalar operations on quantities ---------------------===//
#ifndef BDC_BD_SCALAR_OPS
#define BDC_BD_SCALAR_OPS

include "bd/BdBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// A scalar operation: pure, dimension-checked by its verifier, with one row in the tables of folding, derivative and cost.
class Bd_ScalarOp<string mn, list<Trait> traits = []> : Bd_Op<mn, !listconcat([Pure], traits)> {
  let results = (outs Bd_Quantity:$result);
}

def ConstOp : Bd_ScalarOp<"const", [ConstantLike]> {
  let hasFolder = 1;
  let summary = "A number with a unit";
  let description = "`bd.const 5.0 : !bd.q<\"ms\">` is 5 ms; affine units too (`6.3 : !bd.q<\"degC\">`).";
  let arguments = (ins F64Attr:$value);
  let assemblyFormat = "$value attr-dict `:` type($result)";
}

class Bd_BinaryOp<string mn, string sum> : Bd_ScalarOp<mn> {
  let summary = sum;
  let arguments = (ins Bd_Quantity:$lhs, Bd_Quantity:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
  let hasFolder = 1;
}
def AddOp : Bd_BinaryOp<"add", "Sum of two quantities of one dimension">;
def SubOp : Bd_BinaryOp<"sub", "Difference of two quantities of one dimension">;
def MulOp : Bd_BinaryOp<"mul", "Product; dimensions multiply">;
def DivOp : Bd_BinaryOp<"div", "Quotient; dimensions divide">;

def NegOp : Bd_ScalarOp<"neg"> {
  let summary = "Negative of a quantity";
  let arguments = (ins Bd_Quantity:$operand);
  let assemblyFormat = "$operand attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def PowerOp : Bd_ScalarOp<"power"> {
  let summary = "A quantity to a constant rational power";
  let description = "`bd.power %x to 1 over 2`: the square root. Whole powers become multiplications.";
  let arguments = (ins Bd_Quantity:$base, I64Attr:$numerator, I64Attr:$denominator);
  let assemblyFormat = "$base `to` $numerator `over` $denominator attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Bd_Fn : I32EnumAttr<"Fn", "scalar function", [
    I32EnumAttrCase<"Exp", 0, "exp">, I32EnumAttrCase<"Expm1", 1, "expm1">, I32EnumAttrCase<"Exprel", 2, "exprel">,
    I32EnumAttrCase<"Dexprel", 3, "dexprel">, I32EnumAttrCase<"Log", 4, "log">, I32EnumAttrCase<"Log1p", 5, "log1p">,
    I32EnumAttrCase<"Log2", 6, "log2">, I32EnumAttrCase<"Log10", 7, "log10">, I32EnumAttrCase<"Sqrt", 8, "sqrt">,
    I32EnumAttrCase<"Sin", 9, "sin">, I32EnumAttrCase<"Cos", 10, "cos">, I32EnumAttrCase<"Tan", 11, "tan">,
    I32EnumAttrCase<"Asin", 12, "asin">, I32EnumAttrCase<"Acos", 13, "acos">, I32EnumAttrCase<"Atan", 14, "atan">,
    I32EnumAttrCase<"Atan2", 15, "atan2">, I32EnumAttrCase<"Sinh", 16, "sinh">, I32EnumAttrCase<"Cosh", 17, "cosh">,
    I32EnumAttrCase<"Tanh", 18, "tanh">, I32EnumAttrCase<"Sigmoid", 19, "sigmoid">, I32EnumAttrCase<"Abs", 20, "abs">,
    I32EnumAttrCase<"Sign", 21, "sign">, I32EnumAttrCase<"Min", 22, "min">, I32EnumAttrCase<"Max", 23, "max">,
    I32EnumAttrCase<"Floor", 24, "floor">, I32EnumAttrCase<"Ceil", 25, "ceil">, I32EnumAttrCase<"Round", 26, "round">,
    I32EnumAttrCase<"Mod", 27, "mod">, I32EnumAttrCase<"Pow", 28, "pow">, I32EnumAttrCase<"Erf", 29, "erf">,
    I32EnumAttrCase<"Rexprel", 30, "rexprel">]> {
  let cppNamespace = "::bdc::bd";
}

def FnOp : Bd_ScalarOp<"fn"> {
  let summary = "A function of one or two quantities";
  let description = [{
    `bd.fn exp(%x)`. exp, log, sin, … take dimensionless arguments; abs, min, max, sign, floor, … keep or drop the dimension of theirs
    (floor, ceil, round: dimensionless; mod, min, max: one dimension for both; sqrt: half of it; atan2: one dimension, result 1).
    `exprel(x)` is (e^x - 1)/x, `dexprel` its slope, `rexprel` its reciprocal: the last two are made by passes, no model writes them.
    `clip` is min of max; `pow` with an exponent that is not constant takes two dimensionless numbers.
  }];
  let arguments = (ins Bd_Fn:$function, Variadic<Bd_Quantity>:$operands);
  let assemblyFormat = "$function `(` $operands `)` attr-dict `:` functional-type($operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Bd_Comparison : I32EnumAttr<"Comparison", "comparison", [
    I32EnumAttrCase<"LT", 0, "lt">, I32EnumAttrCase<"LE", 1, "le">, I32EnumAttrCase<"GT", 2, "gt">,
    I32EnumAttrCase<"GE", 3, "ge">, I32EnumAttrCase<"EQ", 4, "eq">, I32EnumAttrCase<"NE", 5, "ne">]> {
  let cppNamespace = "::bdc::bd";
}

def CmpOp : Bd_Op<"cmp", [Pure]> {
  let summary = "Comparison of two quantities of one dimension";
  let description = "Conditions are `i1`; `arith.andi`, `arith.ori` and `arith.xori` combine them.";
  let arguments = (ins Bd_Comparison:$predicate, Bd_Quantity:$lhs, Bd_Quantity:$rhs);
  let results = (outs I1:$result);
  let assemblyFormat = "$predicate $lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def SelectOp : Bd_ScalarOp<"select"> {
  let summary = "One of two quantities of one dimension";
  let description = "The value of the branch that is not taken never counts, not even as NaN.";
  let arguments = (ins I1:$condition, Bd_Quantity:$then, Bd_Quantity:$otherwise);
  let assemblyFormat = "$condition `,` $then `,` $otherwise attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def IndicatorOp : Bd_Op<"indicator", [Pure, SingleBlock]> {
  let summary = "1 where a condition holds, else 0, with a derivative that is given";
  let description = [{
    `bd.indicator %fired of %u { ^bb0(%x: !bd.q<"1">): … bd.yield %slope : !bd.q<"1"> }`: a step function of the pure number u, which has no useful
    derivative of its own; gradients take the slope instead (a surrogate).
  }];
  let arguments = (ins I1:$condition, Bd_Quantity:$argument);
  let results = (outs Bd_Quantity:$result);
  let regions = (region SizedRegion<1>:$slope);
  let assemblyFormat = "$condition `of` $argument $slope attr-dict `:` type($argument) `->` type($result)";
  let hasVerifier = 1;
}

def Bd_Distribution : I32EnumAttr<"Distribution", "distribution of a random value", [
    I32EnumAttrCase<"Uniform", 0, "uniform">, I32EnumAttrCase<"Normal", 1, "normal">, I32EnumAttrCase<"LogNormal", 2, "lognormal">,
    I32EnumAttrCase<"Gamma", 3, "gamma">, I32EnumAttrCase<"Exponential", 4, "exponential">, I32EnumAttrCase<"Poisson", 5, "poisson">,
    I32EnumAttrCase<"Bernoulli", 6, "bernoulli">]> {
  let cppNamespace = "::bdc::bd";
}

def RandomOp : Bd_Op<"random", [MemoryEffects<[]>]> {
  let summary = "A random value";
  let description = [{
    `bd.random normal(%mean, %sd) purpose "E.v" draw 0`. One value per element (and step, inside a loop). The purpose names the stream:
    the key is hash(seed, purpose), the counter (element, step, draw). Arguments: uniform(low, high), normal(mean, sd),
    lognormal(mu, sigma: of the logarithm), gamma(shape, scale), exponential(mean), poisson(mean), bernoulli(p).
  }];
  let arguments = (ins Bd_Distribution:$distribution, Variadic<Bd_Quantity>:$operands, StrAttr:$purpose, I64Attr:$draw);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "$distribution `(` $operands `)` `purpose` $purpose `draw` $draw attr-dict `:` functional-type($operands, results)";
  let hasVerifier = 1;
}

def WhiteOp : Bd_Op<"white", [MemoryEffects<[]>]> {
  let summary = "Unit white noise, in time^(-1/2)";
  let description = [{
    `bd.white draw 0`: each number is a process of its own, and every element has its own. `of` names the stream once the use is known. In the
    region of a `step.ode` the integrator replaces it: over a step, `white` has the integral sqrt(dt) * N(0, 1).
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$purpose, I64Attr:$draw);
  let results = (outs Bd_Quantity:$result);
  let assemblyFormat = "(`of` $purpose^)? `draw` $draw attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def RateOp : Bd_ScalarOp<"rate"> {
  let summary = "Events of a coupling's source per element and time, in the coupling's window";
  let assemblyFormat = "attr-dict `:` type($result)";
}

def TermOp : Bd_ScalarOp<"term"> {
  let summary = "In an objective: the number that one of its functionals gives, by its position";
  let arguments = (ins I64Attr:$functional);
  let assemblyFormat = "$functional attr-dict `:` type($result)";
}

def EdgeOp : Bd_ScalarOp<"edge"> {
  let summary = "What a connectome says of a connection: its `weights` or `lengths`";
  let arguments = (ins FlatSymbolRefAttr:$data, StrAttr:$field);
  let assemblyFormat = "$field `of` $data attr-dict `:` type($result)";
}

def TimeOp : Bd_ScalarOp<"time"> {
  let summary = "The time t";
  let description = [{
    The time at the beginning of the step. In the region of a `step.ode` a stage of the integrator replaces it by its own time, unless it is
    `held`: drives are evaluated at the beginning of the step and held over it.
  }];
  let arguments = (ins UnitAttr:$held);
  let assemblyFormat = "(`held` $held^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def StepSizeOp : Bd_ScalarOp<"dt"> {
  let summary = "The step size";
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
}
def IndexOp : Bd_ScalarOp<"index"> {
  let summary = "The number of the element, as a dimensionless quantity";
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def YieldOp : Bd_Op<"yield", [Pure, Terminator]> {
  let summary = "Ends a region and hands out its values";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif
