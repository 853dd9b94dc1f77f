// AlwaysAdmit and AlwaysDeny, first and last of all plugins (plugin/pkg/admission/{admit,deny}, Kubernetes 1.36; both are deprecated).

import { forbidden } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';

export const alwaysAdmit: Plugin = { name: 'AlwaysAdmit' };

const deny = ({ target, name }: Attributes) => forbidden(target, name, 'admission control is denying all modifications');

export const alwaysDeny: Plugin = { name: 'AlwaysDeny', admit: deny, validate: deny };
