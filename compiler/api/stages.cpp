// The pipeline, in one place: checked program -> bd -> step -> loops -> LLVM -> machine code.
#include "compiler/api/stages.h"
#include "compiler/api/body.h"
#include "compiler/front_pipeline.h"
#include "compiler/passes.h"
#include "compiler/target/codegen.h"
#include "dialects/bd/Bd.h"
#include "dialects/step/Step.h"
#include "frontend/translate/translate.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

namespace bdc {

namespace {

using compiler::CodegenOptions;

CodegenOptions codegenOptions(const CompileOptions &options) {
  CodegenOptions result;
  result.precision = options.precision == Precision::f32 ? "f32" : "f64";
  result.width = static_cast<unsigned>(options.width);
  result.sideBySide = options.sideBySide == SideBySide::always;
  return result;
}

/// Byte offset of a line and column (in characters) of a text.
uint32_t offsetOf(const diag::Source &source, unsigned line, unsigned column) {
  if (line == 0 || line > source.lineCount())
    return 0;
  std::string_view text = source.line(line);
  size_t at = 0;
  for (unsigned seen = 1; at < text.size() && seen < column; ++seen)
    do
      ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80);
  return source.lineBegin(line) + static_cast<uint32_t>(at);
}

/// The place in the model that a location stands for; none where it stands for nothing written.
diag::Range rangeOf(mlir::Location location, const diag::Sources &sources) {
  auto place = location->findInstanceOf<mlir::FileLineColRange>();
  if (!place)
    return {};
  for (diag::SourceId id = 0; id < sources.size(); ++id)
    if (sources.get(id).path() == place.getFilename().getValue())
      return {id, offsetOf(sources.get(id), place.getStartLine(), place.getStartColumn()),
              offsetOf(sources.get(id), place.getEndLine(), place.getEndColumn())};
  return {};
}

/// One compilation from the checked program on. What its passes find wrong becomes diagnostics of the model.
class Pipeline {
public:
  Pipeline(const rules::Program &program, const diag::Sources &sources, const CompileOptions &options, Mode mode)
      : sources(sources), options(options), mode(mode), context(mlir::MLIRContext::Threading::DISABLED),
        handler(&context, [this](mlir::Diagnostic &found) { note(found); }) {
    mlir::DialectRegistry registry;
    registry.insert<bd::BdDialect, step::StepDialect, mlir::arith::ArithDialect>();
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    module = translate::translate(program, sources, context, /*withSensitivities=*/mode == Mode::forward);
    good = bool(module) && mlir::succeeded(module->verify());
  }

  void toStep() {
    run([&](mlir::OpPassManager &passes) {
      compiler::FrontOptions front;
      front.separate = options.separate;
      front.gradient = options.gradient || mode != Mode::reverse;
      compiler::buildFrontPipeline(passes, front);
    });
  }

  /// Where derivatives are asked for: tangents in the loop that goes forwards, loops that go backwards, or both.
  void differentiate() {
    run([&](mlir::OpPassManager &passes) {
      if (mode != Mode::reverse)
        passes.addPass(compiler::createTangent({.keep = mode == Mode::second}));
      if (mode != Mode::forward)
        passes.addPass(compiler::createDifferentiate());
    });
  }

  void toLoops() {
    run([&](mlir::OpPassManager &passes) { compiler::addLoopPasses(passes, codegenOptions(options)); });
  }

  /// The module as text, with or without the places of the model.
  Result<std::string> text() {
    if (!good)
      return error();
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    stream << "\n";
    return text;
  }

  Result<std::string> machine(compiler::MachineStage stage) {
    return emit([&] { return compiler::emitMachineCode(*module, stage, codegenOptions(options)); });
  }

  Result<std::string> objects() {
    return emit([&] { return compiler::emitObjects(*module, codegenOptions(options)); });
  }

  Result<std::string> ptx(const std::string &chip) {
    run([&](mlir::OpPassManager &passes) { compiler::addGpuPasses(passes, codegenOptions(options)); });
    return emit([&] { return compiler::emitPtx(*module, chip); });
  }

  /// Diagnostics of the model where there are any; else the compiler has not kept a promise.
  Error error() {
    if (engine.hasErrors())
      return errorOf(engine, sources);
    return runtime::internalError("the compiler failed without a reason");
  }

private:
  template <class Make> Result<std::string> emit(Make make) {
    if (!good)
      return error();
    runtime::Result<std::string> result = make();
    if (result)
      return std::move(*result);
    return engine.hasErrors() ? error() : Error(result.error());
  }

  template <class Add> void run(Add add) {
    if (!good)
      return;
    mlir::PassManager passes(&context);
#ifdef NDEBUG
    passes.enableVerifier(false);
#endif
    add(passes);
    good = mlir::succeeded(passes.run(*module));
  }

  void note(mlir::Diagnostic &found) {
    if (found.getSeverity() != mlir::DiagnosticSeverity::Error)
      return;
    // What MLIR adds by itself is its operation, which says nothing about the model.
    std::string message = found.str();
    if (const size_t end = message.find("' op "); message.starts_with('\'') && end != std::string::npos)
      message.erase(0, end + 5);
    auto &diagnostic = engine.report(diag::Kind::Unsupported, rangeOf(found.getLocation(), sources), std::move(message));
    for (mlir::Diagnostic &more : found.getNotes())
      if (std::string text = more.str(); !text.starts_with("see current operation"))
        diagnostic.withNote(text);
  }

  const diag::Sources &sources;
  const CompileOptions &options;
  const Mode mode;
  diag::Engine engine;
  mlir::MLIRContext context;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  bool good = false;
};

} // namespace

Result<std::string> buildObjects(const rules::Program &program, const diag::Sources &sources, const CompileOptions &options, Mode mode) {
  Pipeline pipeline(program, sources, options, mode);
  pipeline.toStep();
  pipeline.differentiate();
  pipeline.toLoops();
  return pipeline.objects();
}

Result<std::string> emitStage(const std::string &path, const std::string &stage, const std::string &chip,
                              const CompileOptions &options, Mode mode) {
  Result<std::shared_ptr<Program::Body>> checked = checkExperiment(path, options);
  if (!checked)
    return checked.error();
  Pipeline pipeline(*(*checked)->program, (*checked)->sources, options, mode);
  if (stage == "bd")
    return pipeline.text();
  pipeline.toStep();
  if (stage == "step")
    return pipeline.text();
  pipeline.differentiate();
  if (stage == "grad" || stage == "tangent" || stage == "second")
    return pipeline.text();
  if (stage == "ptx")
    return pipeline.ptx(chip);
  pipeline.toLoops();
  if (stage == "loops")
    return pipeline.text();
  using compiler::MachineStage;
  return pipeline.machine(stage == "llvm" ? MachineStage::LLVM : stage == "asm" ? MachineStage::Assembly : MachineStage::Object);
}

} // namespace bdc
