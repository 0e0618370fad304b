/** `${Name}`, `${Name.Attribute}`, `${AWS::Region}`; `${!Name}` stands for the text `${Name}` itself. */
const variable = /\$\{(!?)([^}]*)\}/g;

/** The text of `Fn::Sub` with every variable replaced by what `valueOf` gives for it. */
export const substitute = (pattern: string, valueOf: (name: string) => string): string =>
  pattern.replaceAll(variable, (_match, escape: string, name: string) =>
    escape === '!' ? `\${${name}}` : valueOf(name),
  );
