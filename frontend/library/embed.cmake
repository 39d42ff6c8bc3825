# Writes the texts of FILES (relative to FOLDER) as one C++ file, OUTPUT. Run with cmake -P.
set(text "#include \"frontend/library/library.h\"\n\nnamespace bdc::library {\n\nstatic constexpr File table[] = {\n")
foreach(file ${FILES})
  file(READ ${FOLDER}/${file} content)
  string(APPEND text "    {\"${file}\", R\"bdlib(${content})bdlib\"},\n")
endforeach()
string(APPEND text "};\n\nstd::span<const File> files() { return table; }\n\n} // namespace bdc::library\n")
file(WRITE ${OUTPUT} "${text}")
