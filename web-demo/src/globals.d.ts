/** Version of this page, from package.json. */
declare const __VERSION__: string;
