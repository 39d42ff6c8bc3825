// run-step FILE.mlir: compiles a step program and runs it, for tests and measurements.
//   --precision f32|f64  --width W  --threads T  --seed S  --steps N  --set NAME=VALUE (coherent units)  --give NAME=V0,V1,… (elements)  --emit loops|llvm|asm|obj|gpu|ptx
//   --adjoint (after the last step, the reverse loop)
//   --gradient (prints the objective and its derivatives)  --memory BYTES  --checkpoints N
//   --difference NAME=H or 'NAME[ELEMENT]=H' (prints the central difference of the objective)
//   --print NAME (all elements)  --digest (one number for all states and recordings)  --time
//   --fit (runs the program's fit)  --continue FILE.h5  --output FILE.h5  --report FILE.html  --folder DIR (of data)  --check (the gradient against differences)
// Without --steps the program's own duration is run. --cut N runs N steps, then the rest.
#include "compiler/passes.h"
#include "compiler/target/codegen.h"
#include "compiler/target/load.h"
#include "dialects/step/Step.h"
#include "runtime/fit/fitting.h"
#include "runtime/fit/gradient_check.h"
#include "runtime/simulate/simulation.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>

using namespace bdc;

namespace {

struct Arguments {
  std::string file, emit;
  compiler::CodegenOptions code;
  runtime::Options run;
  std::vector<std::pair<std::string, double>> sets;
  std::vector<std::string> prints;
  int64_t steps = -1, cut = 0;
  bool digest = false, time = false, adjoint = false, gradient = false, fit = false, check = false;
  std::string continued;
  runtime::GradientOptions wayBack;
  std::vector<std::pair<std::string, double>> differences;
  std::vector<std::pair<std::string, std::vector<double>>> given;
};

[[noreturn]] void fail(const std::string &message) {
  fmt::print(stderr, "run-step: {}\n", message);
  std::exit(1);
}

std::vector<double> numbers(const std::string &text) {
  std::vector<double> list;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(',', at), text.size());
    list.push_back(std::stod(text.substr(at, end - at)));
    at = end + 1;
  }
  return list;
}

Arguments parse(int argc, char **argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    auto value = [&]() -> std::string {
      if (++i >= argc)
        fail(word + " wants a value");
      return argv[i];
    };
    if (word == "--precision") a.code.precision = value();
    else if (word == "--width") a.code.width = std::stoi(value());
    else if (word == "--cpu") a.code.cpu = value();
    else if (word == "--threads") a.run.threads = std::stoi(value());
    else if (word == "--seed") a.run.seed = std::stoull(value());
    else if (word == "--steps") a.steps = std::stoll(value());
    else if (word == "--cut") a.cut = std::stoll(value());
    else if (word == "--emit") a.emit = value();
    else if (word == "--print") a.prints.push_back(value());
    else if (word == "--digest") a.digest = true;
    else if (word == "--adjoint") a.adjoint = true;
    else if (word == "--gradient") a.gradient = true;
    else if (word == "--fit") a.fit = true;
    else if (word == "--check") a.check = true;
    else if (word == "--continue") a.continued = value();
    else if (word == "--folder") a.run.folder = value();
    else if (word == "--output") a.run.output = value();
    else if (word == "--report") a.run.report = value();
    else if (word == "--memory") a.wayBack.budget.memory = std::stoll(value());
    else if (word == "--checkpoints") a.wayBack.budget.slots = std::stoll(value());
    else if (word == "--time") a.time = true;
    else if (word == "--set" || word == "--difference") {
      std::string text = value();
      size_t equals = text.find('=');
      if (equals == std::string::npos)
        fail("--set wants NAME=VALUE");
      (word == "--set" ? a.sets : a.differences).emplace_back(text.substr(0, equals), std::stod(text.substr(equals + 1)));
    } else if (word == "--give") {
      std::string text = value();
      size_t equals = text.find('=');
      if (equals == std::string::npos)
        fail("--give wants NAME=V0,V1,…");
      a.given.emplace_back(text.substr(0, equals), numbers(text.substr(equals + 1)));
    } else a.file = word;
  }
  return a;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// The object, or the text of a stage.
std::string compile(const Arguments &a) {
  mlir::DialectRegistry registry;
  registry.insert<bd::BdDialect, step::StepDialect, mlir::arith::ArithDialect>();
  compiler::registerCodegenDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(a.file, &context);
  if (!module)
    fail("cannot read " + a.file);
  double begin = now();
  mlir::PassManager passes(&context);
  passes.addPass(compiler::createFoldUnits());
  passes.addPass(compiler::createIntegrate());
  passes.addPass(compiler::createDifferentiate());
  if (a.emit == "ptx" || a.emit == "gpu")
    compiler::addGpuPasses(passes, a.code);
  else
    compiler::addLoopPasses(passes, a.code);
  if (mlir::failed(passes.run(*module)))
    fail("the passes failed");
  double lowered = now();
  if (a.emit == "ptx") {
    auto text = compiler::emitPtx(*module, a.code.cpu.empty() ? "sm_80" : a.code.cpu);
    if (!text)
      fail(text.error().message);
    return *text;
  }
  if (a.emit == "loops" || a.emit == "gpu") {
    std::string text;
    llvm::raw_string_ostream out(text);
    module->print(out);
    return text;
  }
  auto stage = a.emit == "llvm" ? compiler::MachineStage::LLVM : a.emit == "asm" ? compiler::MachineStage::Assembly : compiler::MachineStage::Object;
  auto bytes = a.emit.empty() ? compiler::emitObjects(*module, a.code) : compiler::emitMachineCode(*module, stage, a.code);
  if (!bytes)
    fail(bytes.error().message);
  if (a.time)
    fmt::print(stderr, "passes {:.1f} ms, machine code {:.1f} ms\n", (lowered - begin) * 1e3, (now() - lowered) * 1e3);
  return *bytes;
}

/// FNV-1a over bytes.
struct Digest {
  uint64_t value = 0xcbf29ce484222325;
  void add(const void *data, size_t size) {
    for (size_t i = 0; i < size; ++i)
      value = (value ^ static_cast<const unsigned char *>(data)[i]) * 0x100000001b3;
  }
};

double at(const runtime::ArrayView &view, int64_t i) {
  switch (view.type) {
  case runtime::Type::f32: return static_cast<float *>(view.data)[i];
  case runtime::Type::f64: return static_cast<double *>(view.data)[i];
  case runtime::Type::i32: return static_cast<int32_t *>(view.data)[i];
  case runtime::Type::u8: return static_cast<uint8_t *>(view.data)[i];
  }
  return 0;
}

void check(const runtime::Status &status) {
  if (!status)
    fail(status.error().message);
}
template <class T> void check(const runtime::Result<T> &result) {
  if (!result)
    fail(result.error().message);
}

void report(const Arguments &a, runtime::Simulation &simulation) {
  for (const std::string &name : a.prints) {
    auto view = simulation.state(name);
    if (!view)
      fail("no state " + name);
    fmt::print("{}:", name);
    for (int64_t i = 0; i < view->size; ++i)
      fmt::print(" {:.17g}", at(*view, i));
    fmt::print("\n");
  }
  Digest digest;
  for (const auto &array : simulation.program().descriptor.arrays)
    if (auto view = simulation.state(array.name); view && a.digest && array.kind != runtime::Kind::work)
      for (int64_t row = 0; row < view->rows; ++row)
        digest.add(static_cast<char *>(view->data) + row * view->stride * sizeOf(view->type), view->size * sizeOf(view->type));
  for (const auto &recording : simulation.recordings()) {
    fmt::print("{}: {} {}\n", recording.text, recording.times_ms.size(), recording.spikes ? "spikes" : "samples");
    digest.add(recording.times_ms.data(), recording.times_ms.size() * sizeof(double));
    digest.add(recording.nodes.data(), recording.nodes.size() * sizeof(uint32_t));
    digest.add(recording.values.data(), recording.values.size() * sizeof(double));
  }
  if (a.digest)
    fmt::print("digest {:016x}\n", digest.value);
}

} // namespace

/// Adds to a scalar, or, as `a[3]`, to an element.
void shift(runtime::Simulation &simulation, const std::string &name, double by) {
  size_t bracket = name.find('[');
  if (bracket == std::string::npos) {
    auto at = simulation.get(name);
    check(at);
    check(simulation.set(name, *at + by));
    return;
  }
  auto elements = simulation.startElements(name.substr(0, bracket));
  check(elements);
  elements->at(std::stoul(name.substr(bracket + 1))) += by;
  check(simulation.setElements(name.substr(0, bracket), *elements));
}

void differentiate(const Arguments &a, runtime::Simulation &simulation) {
  for (const auto &[name, h] : a.differences) {
    double values[2];
    std::string array = name.substr(0, name.find('['));
    auto before = array == name ? std::span<const double>() : simulation.givenElements(array);
    std::vector<double> given(before.begin(), before.end());
    for (int side : {0, 1}) {
      shift(simulation, name, side ? 2 * h : -h);
      auto loss = simulation.objective();
      check(loss);
      values[side] = *loss;
    }
    if (array == name)
      shift(simulation, name, -h);
    else
      check(simulation.setElements(array, given));
    fmt::print("difference {}: {:.17g}\n", name, (values[1] - values[0]) / (2 * h));
  }
  if (!a.gradient)
    return;
  auto result = simulation.gradient(a.wayBack);
  check(result);
  fmt::print("loss: {:.17g}\n", result->loss);
  const auto &parameters = simulation.program().descriptor.gradient->parameters;
  for (size_t p = 0; p < parameters.size(); ++p) {
    fmt::print("gradient {}:", parameters[p].name);
    for (double value : result->gradient[p])
      fmt::print(" {:.17g}", value);
    fmt::print("\n");
  }
  if (a.time)
    fmt::print(stderr, "{}; forward {:.4f} s, backward {:.4f} s\n", result->plan.text(), result->forward_s, result->backward_s);
}

void checkDerivatives(const Arguments &a, runtime::Simulation &simulation) {
  auto made = runtime::checkGradient(simulation, a.wayBack);
  check(made);
  for (const auto &parameter : made->parameters)
    for (const auto &each : parameter.derivatives)
      fmt::print("{}: {:.6g} {} ({:.2g}) {}\n", each.name, each.gradient, each.unit, each.relativeError, each.verdict());
}

/// Without what depends on the time that it took.
void fit(const Arguments &a, std::shared_ptr<const runtime::Program> program) {
  auto made = runtime::Fitting::create(std::move(program), a.run, {a.wayBack, a.continued, {}});
  check(made);
  for (const auto &[name, value] : a.sets)
    check((*made)->set(name, value));
  for (const auto &[name, values] : a.given)
    check((*made)->setElements(name, values));
  check((*made)->run());
  check((*made)->finish());
  const runtime::FitSummary &summary = *(*made)->results().fit;
  for (const std::string &line : summary.lines())
    fmt::print("{}\n", line);
  fmt::print("loss {:.17g} -> {:.17g}\n", summary.firstLoss, summary.bestLoss);
  for (const auto &value : summary.values)
    for (double x : value.values)
      fmt::print("{} = {:.17g}\n", value.name, x);
}

/// The program at hand, for a run function that ends with the reverse loop.
const runtime::Program *reversible = nullptr;
int64_t lastStep = 0;

int32_t runThereAndBack(bdc_ctx *ctx, int32_t thread, int64_t first, int64_t steps) {
  int32_t status = reversible->run(ctx, thread, first, steps);
  if (status == BDC_OK && first + steps == lastStep)
    status = reversible->adjoint(ctx, thread, 0, lastStep);
  return status;
}

int main(int argc, char **argv) {
  Arguments a = parse(argc, argv);
  std::string code = compile(a);
  if (!a.emit.empty()) {
    std::fwrite(code.data(), 1, code.size(), stdout);
    return 0;
  }
  double begin = now();
  auto program = compiler::loadProgram(code);
  check(program);
  if (a.time)
    fmt::print(stderr, "load {:.1f} ms\n", (now() - begin) * 1e3);
  a.run.keepRecordings = true;
  std::shared_ptr<const runtime::Program> whole = *program;
  if (a.adjoint) {
    if (!whole->adjoint || a.run.threads != 1)
      fail("--adjoint wants a program with a reverse loop, and one thread");
    auto thereAndBack = std::make_shared<runtime::Program>(*whole);
    thereAndBack->run = runThereAndBack;
    reversible = whole.get();
    program = std::shared_ptr<const runtime::Program>(thereAndBack);
  }
  if (a.fit) {
    a.run.keepRecordings = false;
    fit(a, *program);
    return 0;
  }
  auto made = runtime::Simulation::create(*program, a.run);
  check(made);
  runtime::Simulation &simulation = **made;
  for (const auto &[name, value] : a.sets)
    check(simulation.set(name, value));
  for (const auto &[name, values] : a.given)
    check(simulation.setElements(name, values));
  if (a.check) {
    checkDerivatives(a, simulation);
    return 0;
  }
  if (a.gradient || !a.differences.empty()) {
    differentiate(a, simulation);
    return 0;
  }
  check(simulation.prepare());
  if (auto duration = simulation.get("duration"), dt = simulation.get("dt"); duration && dt)
    lastStep = a.steps >= 0 ? a.steps : std::llround(*duration / *dt);
  if (a.cut)
    check(simulation.runSteps(a.cut));
  check(a.steps >= 0 ? simulation.runSteps(a.steps - a.cut) : simulation.run());
  check(simulation.finish());
  report(a, simulation);
  if (a.time) {
    const runtime::Results &r = simulation.results();
    fmt::print(stderr, "build {:.4f} s, run {:.4f} s, {:.3f} ns per neuron and step\n", r.build_s, r.run_s,
               r.run_s * 1e9 / double(std::max<int64_t>(r.steps, 1)) / double(std::max<int64_t>(r.neurons, 1)));
  }
  return 0;
}
