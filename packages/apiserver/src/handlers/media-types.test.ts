import { describe, expect, it } from 'vitest';

import { mediaTypeOf, negotiate, negotiateError, negotiateStream } from './media-types.js';

describe('negotiate', () => {
  it.each([
    ['', 'json'],
    ['*/*', 'json'],
    ['application/yaml', 'yaml'],
    ['application/json;q=0.1,application/yaml;q=0.9', 'yaml'],
    ['application/vnd.kubernetes.protobuf,application/json', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['application/json;;;,', 'json'],
  ])('%s is answered in %s', (accept, encoding) => {
    expect(negotiate(accept, false, true, false).encoding).toBe(encoding);
  });

  it('finds the view that kubectl asks for first', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
    expect(negotiate(accept, false, true, false).view).toEqual({ kind: 'Table', version: 'v1' });
    expect(negotiate(accept, false, false, false).view).toBeUndefined();
  });

  it.each(['application/xml', 'application/vnd.kubernetes.protobuf', 'application/json;as=Foo;v=v1;g=meta.k8s.io'])('refuses %s', (accept) => {
    expect(() => negotiate(accept, false, true, false)).toThrow('only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf');
  });

  it.each([
    ['application/vnd.kubernetes.protobuf,application/json', true, 'protobuf'],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', true, 'json'],
    ['application/vnd.kubernetes.protobuf,application/json', false, 'json'],
    ['application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json', false, 'protobuf'],
  ])('%s of what is built in (%s) is answered in %s, in a watch as well', (accept, isBuiltin, encoding) => {
    expect(negotiate(accept, false, true, isBuiltin).encoding).toBe(encoding);
    expect(negotiateStream(accept, isBuiltin).encoding).toBe(encoding);
    expect(negotiateError(accept).encoding).toBe('protobuf');
  });

  it('has no YAML for watches, and tells that in YAML', () => {
    expect(() => negotiateStream('application/yaml', true)).toThrow('application/json;stream=watch');
    expect(negotiateError('application/yaml').encoding).toBe('yaml');
    expect(negotiateError('application/xml').encoding).toBe('json');
  });
});

describe('mediaTypeOf', () => {
  it.each([['application/json; charset=utf-8', 'application/json'], ['application/;', undefined], ['text', undefined]])('%s', (header, type) => {
    expect(mediaTypeOf(header)).toBe(type);
  });
});
